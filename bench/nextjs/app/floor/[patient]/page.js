import pg from 'pg';

// The newest 50 results, as the floor shows them: no session, no consent, no event.
export const dynamic = 'force-dynamic';

const pool = (globalThis.pool ??= new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 }));

export default async function Results({ params }) {
  const { patient } = await params;
  const { rows } = await pool.query({
    name: 'page',
    text: `select item_id, title, value_text, unit, first_at, author, place from item
           where patient_id = $1 and category = 6 and not is_error order by sort_at desc, item_id desc limit 50`,
    values: [patient],
  });
  return (
    <main>
      <h1>Results</h1>
      <ul>
        {rows.map((row) => (
          <li key={row.item_id}>
            <a href={`/record/${patient}/results/${row.item_id}`}>{row.title}</a> <b>{row.value_text ?? 'Not recorded'}</b> {row.unit}{' '}
            {row.first_at?.toISOString().slice(0, 10)} {row.author} {row.place}
          </li>
        ))}
      </ul>
    </main>
  );
}
