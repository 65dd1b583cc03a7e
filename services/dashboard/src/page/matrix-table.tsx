// SPDX-License-Identifier: Apache-2.0
// The purpose × field table. One place is in the tab order; arrow keys move between filled places.
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { type CellChoice, choiceAt, matrixGrid, nextPlace, type Place } from './matrix-grid.ts';
import { MatrixHead } from './matrix-head.tsx';
import type { Matrix, Tally } from './matrix-layout.ts';
import { useSpeech } from './page-context.ts';
import { TallyCell } from './tally-cell.tsx';

interface Props {
  matrix: Matrix;
  chosen: CellChoice;
  choose(choice: CellChoice): void;
}

export function MatrixTable({ matrix, chosen, choose }: Props) {
  const { say, names } = useSpeech();
  const grid = useMemo(() => matrixGrid(matrix), [matrix]);
  const table = useRef<HTMLTableElement>(null);
  const [wanted, setWanted] = useState<Place>({ row: 0, column: 0 });
  const reachable = grid[wanted.row]?.[wanted.column] ? wanted : firstFilled(grid);
  const cell = (row: number, column: number, peak: number) => (
    <MatrixPlace
      key={column}
      {...{ matrix, chosen, choose, peak }}
      place={{ row, column }}
      tally={grid[row]?.[column]}
      reachable={reachable?.row === row && reachable.column === column}
    />
  );
  const move = (event: KeyboardEvent) => {
    const from = placeOf(event.target);
    const next = from && nextPlace(grid, from, event.key);
    if (!next) return;
    event.preventDefault();
    setWanted(next);
    table.current?.querySelector<HTMLElement>(`[data-place="${next.row}.${next.column}"]`)?.focus();
  };
  return (
    <section className="matrix-scroll" aria-label={say('matrix_title')}>
      <table
        className="matrix"
        ref={table}
        onKeyDown={move}
        onFocus={event => setWanted(placeOf(event.target) ?? wanted)}
      >
        <caption className="visually-hidden">
          {say('matrix_caption')} {say('matrix_keys')}
        </caption>
        <MatrixHead matrix={matrix} />
        <tbody>
          {matrix.rows.map((row, index) => (
            <tr key={row.purpose}>
              <th scope="row">
                <span className="purpose-name">{names.purpose(row.purpose) || say('none_stated')}</span>
                <small>{row.known ? row.clause : say('not_in_policy')}</small>
              </th>
              {grid[index]!.map((_, column) => cell(index, column, column === 0 ? 0 : matrix.peak))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{say('total')}</th>
            {grid.at(-1)!.map((_, column) => cell(matrix.rows.length, column, 0))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

interface MatrixPlaceProps extends Props {
  place: Place;
  tally: Tally | undefined;
  peak: number;
  reachable: boolean;
}

function MatrixPlace({ matrix, place, tally, peak, reachable, chosen, choose }: MatrixPlaceProps) {
  const choice = choiceAt(matrix, place);
  const isTotal = choice.purpose === null && choice.field === null;
  const isChosen = !isTotal && choice.purpose === chosen.purpose && choice.field === chosen.field;
  return (
    <TallyCell
      {...{ tally, peak, reachable }}
      label={useTallyLabel(choice, tally)}
      place={`${place.row}.${place.column}`}
      chosen={isChosen}
      choose={() => choose(isChosen ? { purpose: null, field: null } : choice)}
    />
  );
}

function useTallyLabel({ purpose, field }: CellChoice, tally: Tally | undefined): string {
  const { say, formats, names } = useSpeech();
  if (!tally) return '';
  const numbers = {
    count: formats.count(tally.count),
    violations: formats.count(tally.violations),
    undetermined: formats.count(tally.undetermined),
  };
  const purposeName = purpose === null ? null : names.purpose(purpose) || say('none_stated');
  const fieldName = field === null ? null : names.field(field) || say('none_stated');
  if (purposeName !== null && fieldName !== null) {
    return say('cell_label', { purpose: purposeName, field: fieldName, ...numbers });
  }
  return say('total_label', { name: purposeName ?? fieldName ?? say('whole_period'), ...numbers });
}

function firstFilled(grid: readonly (readonly (Tally | undefined)[])[]): Place | undefined {
  const row = grid.findIndex(places => places.some(tally => tally !== undefined));
  return row === -1 ? undefined : { row, column: grid[row]!.findIndex(tally => tally !== undefined) };
}

function placeOf(target: EventTarget): Place | undefined {
  const written = target instanceof HTMLElement ? target.dataset.place : undefined;
  if (written === undefined) return undefined;
  const [row = 0, column = 0] = written.split('.').map(Number);
  return { row, column };
}
