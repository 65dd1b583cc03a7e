// SPDX-License-Identifier: Apache-2.0
// Whether a row of the outcome table fits more events than another, from its conditions alone.
import { alternatives, type Conditions, type Row } from '../rules-document.ts';

/** More words in such a list let the row fit more events; in the others, fewer. */
const FITS_MORE = [
  'operation',
  'form',
  'purpose',
  'parent',
  'recipient',
  'business',
  'refs_any',
  'field',
] as const;
const FITS_LESS = ['recipient_not', 'refs_none', 'field_not'] as const;
const EQUAL = ['recipient_purpose', 'need', 'partner', 'area', 'agreement', 'fields'] as const;

/** How the events that `b` fits relate to those that `a` fits; `other` where neither conditions contain the other. */
export function compareFit(a: Row, b: Row): 'same' | 'more' | 'less' | 'other' {
  const within = (inner: Row, outer: Row) =>
    alternatives(inner).every(one => alternatives(outer).some(all => contains(all, one)));
  const grows = within(a, b);
  const shrinks = within(b, a);
  if (grows && shrinks) return 'same';
  if (grows) return 'more';
  return shrinks ? 'less' : 'other';
}

/** Whether every event that fits `inner` surely fits `outer`. */
function contains(outer: Conditions, inner: Conditions): boolean {
  const subset = (part: readonly string[] | undefined, whole: readonly string[] | undefined) =>
    part !== undefined && whole !== undefined && part.every(word => whole.includes(word));
  return (
    FITS_MORE.every(name => outer[name] === undefined || subset(inner[name], outer[name])) &&
    FITS_LESS.every(name => outer[name] === undefined || subset(outer[name], inner[name])) &&
    EQUAL.every(
      name => outer[name] === undefined || JSON.stringify(outer[name]) === JSON.stringify(inner[name]),
    ) &&
    containsPersons(outer.persons, inner.persons)
  );
}

function containsPersons(outer: Conditions['persons'], inner: Conditions['persons']): boolean {
  if (outer === undefined) return true;
  if (inner === undefined) return false;
  if ('below' in outer) return 'below' in inner && inner.below <= outer.below;
  return 'at_least' in inner && inner.at_least >= outer.at_least;
}
