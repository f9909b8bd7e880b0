// A small invented record: enough for a trend, and for somebody to be.
import { randomUUID } from 'node:crypto';

const BORN = '1980-05-17';

/** Where and when somebody was born, as the claim page asks for it. */
export const birth = { day: '17', month: '5', year: '1980' };

/** A patient with something in each of the parts that people read most: a visit with its results, one of them a trend, a problem, a medicine, an allergy. */
export function bundleOfVisit(): string {
  const { entry } = JSON.parse(bundleWithTrend([13.1, 12.4, 11.5])) as { entry: { resource: { id: string; resourceType: string; encounter?: object } }[] };
  const visit = randomUUID();
  const subject = { reference: `Patient/${entry[0]?.resource.id ?? ''}` };
  const newest = entry.at(-1);
  if (newest) newest.resource.encounter = { reference: `Encounter/${visit}` };
  const others = [
    { resourceType: 'Encounter', id: visit, status: 'finished', subject, class: { code: 'AMB' }, type: [{ text: 'Blood test' }], period: { start: '2024-03-10T08:45:00Z', end: '2024-03-10T09:15:00Z' } },
    { resourceType: 'Condition', id: randomUUID(), subject, code: { text: 'Anaemia' }, clinicalStatus: { coding: [{ code: 'active' }] }, recordedDate: '2024-03-10' },
    { resourceType: 'MedicationRequest', id: randomUUID(), subject, status: 'active', intent: 'order', medicationCodeableConcept: { text: 'Iron tablets' }, authoredOn: '2024-03-10' },
    { resourceType: 'AllergyIntolerance', id: randomUUID(), patient: subject, code: { text: 'Peanut' }, recordedDate: '2010-06-01' },
  ];
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [...entry, ...others.map((resource) => ({ resource }))] });
}

/** One patient with `values` of haemoglobin, a month apart, the last of them the newest. */
export function bundleWithTrend(values: number[]): string {
  const patient = randomUUID();
  const observations = values.map((value, index) => ({
    resourceType: 'Observation',
    id: randomUUID(),
    status: 'final',
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] }],
    code: { coding: [{ system: 'http://loinc.org', code: '718-7' }], text: 'Haemoglobin' },
    subject: { reference: `Patient/${patient}` },
    effectiveDateTime: `2024-${String(index + 1).padStart(2, '0')}-10T09:00:00Z`,
    valueQuantity: { value, unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' },
    referenceRange: [{ low: { value: 12, unit: 'g/dL' }, high: { value: 16, unit: 'g/dL' } }],
  }));
  const person = { resourceType: 'Patient', id: patient, name: [{ family: 'Example', given: ['Robin'] }], birthDate: BORN, gender: 'female' };
  return JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry: [person, ...observations].map((resource) => ({ resource })) });
}
