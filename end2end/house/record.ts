// A small invented record: enough for a trend, and for somebody to be.
import { randomUUID } from 'node:crypto';

const BORN = '1980-05-17';

/** Where and when somebody was born, as the claim page asks for it. */
export const birth = { day: '17', month: '5', year: '1980' };

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
