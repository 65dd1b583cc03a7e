// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';

// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance and #dfn-contrast-ratio
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map(start => {
    const part = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

const tokens = new Map<string, [light: string, dark: string]>();
beforeAll(async () => {
  const css = await readFile(fileURLToPath(new URL('tokens.css', import.meta.url)), 'utf8');
  for (const [, name, light, dark] of css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)) {
    tokens.set(name!, [light!, dark!]);
  }
});

const GROUNDS = ['ground', 'surface', 'raised', 'accent-soft'];
const HEATS = [1, 2, 3, 4, 5, 6].map(level => `heat-${level}`);
// Which texts stand on which grounds: 4.5:1 for text (WCAG 2.2, 1.4.3), 3:1 for the focus ring (1.4.11).
const PAIRS: [texts: string[], grounds: string[], least: number][] = [
  [['ink'], [...GROUNDS, ...HEATS, 'violation-soft', 'undetermined-soft'], 4.5],
  [['ink-soft'], ['ground', 'surface', 'raised'], 4.5],
  [['violation', 'undetermined'], [...GROUNDS, ...HEATS], 4.5],
  [['conforming'], GROUNDS, 4.5],
  [['accent'], ['surface', 'raised', 'accent-soft'], 4.5],
  [['accent-ink'], ['accent'], 4.5],
  [['focus'], [...GROUNDS, ...HEATS], 3],
];

describe.each(['light', 'dark'])('%s', scheme => {
  test.each(PAIRS)('%j is legible on %j', (texts, grounds, least) => {
    const of = (name: string) => tokens.get(name)![scheme === 'light' ? 0 : 1];
    const weak = texts.flatMap(text =>
      grounds
        .map(ground => [text, ground, contrast(of(text), of(ground))] as const)
        .filter(([, , ratio]) => ratio < least),
    );
    expect(weak).toEqual([]);
  });
});

test('the measure knows black on white and grey on grey', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeLessThan(4.5);
});
