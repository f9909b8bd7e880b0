// The provider's own pages: plain, labelled, without a script.

const escape = (text) => String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 24rem; margin: 3rem auto; padding: 0 1rem }
label { display: block; margin-top: 1rem }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem }
button { margin-top: 1.5rem }
</style>
<main>
${body}
</main>
</html>
`;

/** The sign-in form of one organization, with a message where the first try failed. */
export function signInPage(config, uid, message) {
  const problem = message ? `<p role="alert"><strong>There is a problem.</strong> ${escape(message)}</p>` : '';
  return page(
    `${message ? 'Error: ' : ''}Sign in: ${config.name}`,
    `<h1>${escape(config.name)}</h1>
<p>Sign in for staff. This organization is invented.</p>
${problem}
<form method="post" action="/sign-in/${escape(uid)}">
<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>`,
  );
}

/** Why signing in ended here. */
export function sorryPage(name, reason) {
  return page(`Sign-in did not work: ${name}`, `<h1>${escape(name)}</h1>\n<p>Sign-in did not work: ${escape(reason)}.</p>\n<p>Go back to Chartkey and start again.</p>`);
}
