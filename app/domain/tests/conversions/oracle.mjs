// Writes conversions.tsv: what others say that a number is in another unit. Units are converted by
// ucum-lhc of the National Library of Medicine, molar masses are computed from the formula by
// mf-parser; neither knows our tables. In an empty folder:
//
//   npm install --no-save @lhncbc/ucum-lhc@7.1.10 mf-parser@3.9.3
//   node <this file> > <this folder>/conversions.tsv
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'x.js'));
const units = require('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance();
const { MF } = require('mf-parser');
const version = (name) => `${name} ${require(`${name}/package.json`).version}`;
const source = { units: version('@lhncbc/ucum-lhc'), masses: version('mf-parser') };

const glucose = { formula: 'C6H12O6' };
const creatinine = { formula: 'C4H7N3O' };
const cholesterol = { formula: 'C27H46O' };
const bilirubin = { formula: 'C33H36N4O6' };
const one = { charge: 1 };
const two = { charge: 2 };

// LOINC, the number as written, its unit, the other unit, and what is needed to get there.
const conversions = [
  ['2345-7', '130', 'mg/dL', 'mmol/L', glucose],
  ['2345-7', '99', 'mg/dL', 'mmol/L', glucose],
  ['14749-6', '7.0', 'mmol/L', 'mg/dL', glucose],
  ['2345-7', '0.90', 'g/L', 'mg/dL'],
  ['1558-6', '126', 'mg/dL', 'mmol/L', glucose],
  ['15074-8', '6.3', 'mmol/L', 'mg/dL', glucose],
  ['2160-0', '1.20', 'mg/dL', 'umol/L', creatinine],
  ['14682-9', '80', 'umol/L', 'mg/dL', creatinine],
  ['14682-9', '0.11', 'mmol/L', 'umol/L'],
  ['38483-4', '2.9', 'mg/dL', 'umol/L', creatinine],
  ['3094-0', '20', 'mg/dL', 'mmol/L', { formula: 'N2' }],
  ['14937-7', '5.5', 'mmol/L', 'mg/dL', { formula: 'N2' }],
  ['3091-6', '40', 'mg/dL', 'mmol/L', { formula: 'CH4N2O' }],
  ['3084-1', '6.8', 'mg/dL', 'umol/L', { formula: 'C5H4N4O3' }],
  ['2951-2', '140', 'meq/L', 'mmol/L', one],
  ['2823-3', '4.1', 'meq/L', 'mmol/L', one],
  ['17861-6', '9.4', 'mg/dL', 'mmol/L', { formula: 'Ca' }],
  ['2000-8', '2.35', 'mmol/L', 'mg/dL', { formula: 'Ca' }],
  ['17861-6', '4.8', 'meq/L', 'mmol/L', two],
  ['19123-9', '1.9', 'mg/dL', 'mmol/L', { formula: 'Mg' }],
  ['2601-3', '0.80', 'mmol/L', 'meq/L', two],
  ['2777-1', '3.5', 'mg/dL', 'mmol/L', { formula: 'P' }],
  ['1975-2', '1.1', 'mg/dL', 'umol/L', bilirubin],
  ['14631-6', '15', 'umol/L', 'mg/dL', bilirubin],
  ['2885-2', '7.1', 'g/dL', 'g/L'],
  ['1751-7', '38', 'g/L', 'g/dL'],
  ['1742-6', '40', 'U/L', 'ukat/L'],
  ['6768-6', '1.5', 'ukat/L', 'U/L'],
  ['2093-3', '200', 'mg/dL', 'mmol/L', cholesterol],
  ['14647-2', '5.0', 'mmol/L', 'mg/dL', cholesterol],
  ['2085-9', '45', 'mg/dL', 'mmol/L', cholesterol],
  ['13457-7', '3.4', 'mmol/L', 'mg/dL', cholesterol],
  ['2571-8', '150', 'mg/dL', 'mmol/L', { formula: 'C57H104O6' }],
  ['14927-8', '1.70', 'mmol/L', 'mg/dL', { formula: 'C57H104O6' }],
  ['2498-4', '100', 'ug/dL', 'umol/L', { formula: 'Fe' }],
  ['2276-4', '35', 'ng/mL', 'ug/L'],
  ['3024-7', '1.2', 'ng/dL', 'pmol/L', { formula: 'C15H11I4NO4' }],
  ['3051-0', '3.1', 'pg/mL', 'pmol/L', { formula: 'C15H12I3NO4' }],
  ['2132-9', '400', 'pg/mL', 'pmol/L', { formula: 'C63H88CoN14O14P' }],
  ['2284-8', '8.0', 'ng/mL', 'nmol/L', { formula: 'C19H19N7O6' }],
  ['1989-3', '30', 'ng/mL', 'nmol/L', { formula: 'C27H44O2' }],
  ['2986-8', '500', 'ng/dL', 'nmol/L', { formula: 'C19H28O2' }],
  ['2243-4', '100', 'pg/mL', 'pmol/L', { formula: 'C18H24O2' }],
  ['2143-6', '15.2', 'ug/dL', 'nmol/L', { formula: 'C21H30O5' }],
  ['2839-9', '10.4', 'ng/mL', 'nmol/L', { formula: 'C21H30O2' }],
  ['1988-5', '0.5', 'mg/dL', 'mg/L'],
  ['6690-2', '6.9', '10*3/uL', '10*9/L'],
  ['6690-2', '7200', '/uL', '10*9/L'],
  ['789-8', '4.81', '10*6/uL', '10*12/L'],
  ['718-7', '14.2', 'g/dL', 'g/L'],
  ['718-7', '141', 'g/L', 'g/dL'],
  ['4544-3', '42.1', '%', 'L/L'],
  ['9843-4', '14.2', '[in_i]', 'cm'],
  ['14959-1', '28', 'ug/mg', 'mg/g'],
  ['11557-6', '5.3', 'kPa', 'mm[Hg]'],
  ['2019-8', '40', 'mm[Hg]', 'kPa'],
  ['85354-9', '120', 'mm[Hg]', 'kPa'],
  ['8480-6', '17.5', 'kPa', 'mm[Hg]'],
  ['29463-7', '185', '[lb_av]', 'kg'],
  ['29463-7', '70.5', 'kg', '[lb_av]'],
  ['29463-7', '3400', 'g', 'kg'],
  ['29463-7', '120', '[oz_av]', 'kg'],
  ['29463-7', '11.5', '[stone_av]', 'kg'],
  ['8302-2', '68', '[in_i]', 'cm'],
  ['8302-2', '1.75', 'm', 'cm'],
  ['8302-2', '5.5', '[ft_i]', 'cm'],
  ['8310-5', '98.6', '[degF]', 'Cel'],
  ['8310-5', '39.2', 'Cel', '[degF]'],
  ['8310-5', '310.2', 'K', 'Cel'],
];

console.log(['code', 'written', 'unit', 'other unit', 'expected', 'source'].join('\t'));
for (const [code, written, from, to, needs = {}] of conversions) {
  const molecularWeight = needs.formula && new MF(needs.formula).getInfo().mass;
  const said = units.convertUnitTo(from, Number(written), to, { molecularWeight, charge: needs.charge });
  if (said.status !== 'succeeded') throw new Error(`${code} ${written} ${from}: ${said.msg}`);
  console.log([code, written, from, to, said.toVal.toPrecision(12), needs.formula ? `${source.units}, ${source.masses}` : source.units].join('\t'));
}
