// The rule of sharing, once more: written from its text and not from the policy, in another language. It reads worlds, one a line
// as JSON, and answers each with a line of 0 and 1, one for each item. Numbers in the comments are those of the rule.
import { createInterface } from 'node:readline';

const HOUR = 3_600_000_000; // Times are microseconds.
const REACH_TO_TODAY = new Set(['problems', 'medicines', 'plans', 'devices', 'insurance']);

const means = (whom, account, organization) =>
  whom.everybody === true || (whom.account !== undefined && whom.account === account) || (whom.organization !== undefined && whom.organization === organization);

/** 3: in force at this moment. */
const runs = (grant, now) => grant.state === 'active' && grant.starts <= now && (grant.ends === null || now < grant.ends);

/** 3 and 7: given to this clinician here, to their profession here, or to this carer, for what they have declared. */
function isGivenTo(grant, { account, organization, profession }, purpose) {
  const { to } = grant;
  if (to.carer !== undefined) return organization === null && to.carer === account;
  if (organization === null || to.organization !== organization) return false;
  if (grant.purpose === 'emergency') return to.account === account && grant.ends !== null && grant.ends - grant.starts <= HOUR;
  if (grant.purpose !== purpose) return false;
  return to.account !== undefined ? to.account === account : to.professions.includes(profession);
}

/** 4: when(i) fits the dates of a grant. */
function fits(item, { from, until: to }, now) {
  if (item.category === 'allergies' || (from === null && to === null)) return true;
  if (item.first === null) return false;
  const lasts = item.last === null;
  if (lasts && REACH_TO_TODAY.has(item.category)) return (from === null || from <= now) && (to === null || item.first < to);
  if (from !== null && item.first < from) return false;
  return to === null || (!lasts && item.last < to);
}

const isSubset = (labels, of) => labels.every((label) => of.includes(label));

/** 4: what a grant reaches by itself. */
function covers(grant, item, now) {
  const isNamed = grant.named.some((seen) => seen.item === item.id && seen.version === item.version && isSubset(item.labels, seen.labels));
  if (isNamed) return true;
  if (grant.addedBefore !== null && item.addedAt >= grant.addedBefore) return false;
  return grant.categories.includes(item.category) && isSubset(item.labels, grant.labels) && fits(item, grant, now);
}

/** 2 and 5: whether somebody is blocked, or the item is kept from them. */
function isKept(world, item, account, organization) {
  const isAbout = (whom) => means(whom, account, organization);
  return world.blocks.some(isAbout) || world.exclusions.some((exclusion) => exclusion.item === item.id && isAbout(exclusion));
}

/** 6: what somebody has passed on, or a carer has shared, reaches what they see themselves through the one grant that it rests on. */
function rests(world, grant, item) {
  if (grant.through === null) return true;
  const { parent: id, giver } = grant.through;
  const parent = world.grants.find((candidate) => candidate.id === id);
  if (parent === undefined || parent.through !== null || !parent.mayDelegate || !runs(parent, world.now)) return false;
  const named = parent.to.account ?? parent.to.carer;
  if (named !== undefined && named !== giver) return false;
  return !isKept(world, item, giver, parent.to.organization ?? null) && covers(parent, item, world.now);
}

function sees(world, item) {
  const { who } = world;
  if (world.own) return who.organization === null; // 1
  if (isKept(world, item, who.account, who.organization)) return false; // 2, 5
  if (item.isPrivate || item.category === 'own' || !item.isCurrent) return false; // 5, 10
  return world.grants.some(
    (grant) => runs(grant, world.now) && isGivenTo(grant, who, world.purpose) && covers(grant, item, world.now) && rests(world, grant, item),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  const world = JSON.parse(line);
  process.stdout.write(`${world.items.map((item) => (sees(world, item) ? '1' : '0')).join('')}\n`);
}
