import type { Key, KeyboardEvent, ReactNode } from "react";
import styles from "./ui.module.css";

export interface Column<T> {
  /** Absent for a column without a heading, such as one of buttons. */
  head?: ReactNode;
  cell: (row: T) => ReactNode;
  /** Right-aligned, in tabular figures. */
  number?: boolean;
  /** Of the cells; `headClassName` of the heading. */
  className?: string;
  headClassName?: string;
}

interface Props<T> {
  rows: readonly T[];
  /** Falsy entries are hidden columns. */
  columns: readonly (Column<T> | false | undefined)[];
  keyOf: (row: T) => Key;
  label?: string;
  testId?: string;
  className?: string;
  /** On a phone each row is a card: its cells are one above another, `ui.lead` at their left and `ui.wide` hidden, or
   * in the areas that `className` and the columns' classes name. */
  cards?: boolean;
  /** A click anywhere on a row; the row must also hold a link or button for the keyboard. */
  onOpen?: (row: T) => void;
  isSelected?: (row: T) => boolean;
  /** De-emphasised rows, such as deactivated ones. */
  isFaint?: (row: T) => boolean;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
}

/** A table without virtual scrolling; it scrolls sideways if it is too wide. */
export function DataTable<T>(props: Props<T>) {
  const { rows, keyOf, label, testId, className, cards, onOpen, isSelected, isFaint, onKeyDown } = props;
  const columns = props.columns.filter((column) => !!column);
  const classOf = (number: boolean | undefined, own: string | undefined) =>
    [number && styles.number, own].filter(Boolean).join(" ") || undefined;
  return (
    <div className={styles.scrollX}>
      <table
        className={[styles.table, cards && styles.cards, className].filter(Boolean).join(" ")}
        aria-label={label}
        data-testid={testId}
        onKeyDown={onKeyDown}
      >
        {columns.some((column) => column.head !== undefined) && (
          <thead>
            <tr>
              {columns.map((column, index) => (
                <th key={index} className={classOf(column.number, column.headClassName)}>
                  {column.head}
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              data-action={onOpen ? true : undefined}
              data-selected={isSelected?.(row) || undefined}
              data-faint={isFaint?.(row) || undefined}
              onClick={onOpen && (() => onOpen(row))}
            >
              {columns.map((column, index) => (
                <td key={index} className={classOf(column.number, column.className)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
