import type { ReactNode } from "react";
import { useRef } from "react";
import { useCoarse } from "../ui/useCoarse";
import { useWindow } from "../ui/useWindow";
import styles from "./data.module.css";

interface Column<T> {
  name: string;
  width: string;
  number?: boolean;
  cell: (row: T) => ReactNode;
}

interface TableProps<T> {
  rows: T[];
  /** Falsy entries are hidden columns. */
  columns: readonly (Column<T> | false)[];
  keyOf: (row: T) => string;
}

/** A table of any length: only the visible rows are rendered. */
export function LongTable<T>({ rows, keyOf, ...props }: TableProps<T>) {
  const columns = props.columns.filter((column) => !!column);
  const scroller = useRef<HTMLDivElement>(null);
  const height = useCoarse() ? 44 : 34;
  const { first, last } = useWindow(scroller, rows.length, height);
  const template = columns.map((column) => column.width).join(" ");
  return (
    <div className={styles.long} role="table" aria-rowcount={rows.length}>
      <div className={styles.longHead} role="row" style={{ gridTemplateColumns: template }}>
        {columns.map((column) => (
          <span key={column.name} role="columnheader" className={column.number ? styles.numbers : undefined}>
            {column.name}
          </span>
        ))}
      </div>
      <div className={styles.longBody} ref={scroller} tabIndex={0} role="rowgroup">
        <div style={{ height: rows.length * height, position: "relative" }}>
          {rows.slice(first, last).map((row, index) => (
            <div
              key={keyOf(row)}
              role="row"
              className={styles.longRow}
              style={{ gridTemplateColumns: template, top: (first + index) * height, height }}
            >
              {columns.map((column) => (
                <span key={column.name} role="cell" className={column.number ? styles.numbers : undefined}>
                  {column.cell(row)}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
