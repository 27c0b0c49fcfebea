import { Checkbox, Table } from '@mantine/core';
import {
  columnVisibilityFeature,
  metaHelper,
  rowSelectionFeature,
  tableFeatures,
  useTable,
  type Cell,
  type ColumnDef,
  type ColumnVisibilityState,
  type OnChangeFn,
  type RowSelectionState,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';
import { EmptyState } from './empty-state.js';

interface ColumnMeta {
  /** Numbers are aligned to the right. */
  isNumeric?: boolean;
}

const features = tableFeatures({
  columnVisibilityFeature,
  rowSelectionFeature,
  columnMeta: metaHelper<ColumnMeta>(),
});
type Features = typeof features;

/** Shows a value of the row (`accessorKey`), or what `cell` returns for the row. */
export type Column<Row extends object> = ColumnDef<Features, Row> & {
  header: string;
  accessorKey?: keyof Row;
};

/** `meta` of a column with numbers. */
export const NUMERIC: ColumnMeta = { isNumeric: true };

/** Lets the user select rows. */
interface Selection<Row> {
  /** The keys are those of `rowKey`. */
  selected: RowSelectionState;
  onChange: OnChangeFn<RowSelectionState>;
  isSelectable: (row: Row) => boolean;
  /** Heading of the column. */
  label: string;
  /** Names the checkbox of a row for screen readers. */
  labelOf: (row: Row) => string;
}

interface Props<Row extends object> {
  /** Names the table for screen readers. */
  label: string;
  columns: Column<Row>[];
  /** Hides the columns whose ids have the value false. */
  visibility?: ColumnVisibilityState;
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  selection?: Selection<Row>;
  /** Shown if there are no rows. */
  empty: ReactNode;
}

export function DataTable<Row extends object>({ label, columns, rows, rowKey, empty, ...props }: Props<Row>) {
  const { visibility = {}, selection } = props;
  const table = useTable({
    features,
    data: rows,
    columns: selection ? [selectionColumn(selection), ...columns] : columns,
    getRowId: (row) => String(rowKey(row)),
    enableRowSelection: ({ original }) => selection?.isSelectable(original) ?? false,
    onRowSelectionChange: selection?.onChange,
    state: { columnVisibility: visibility, rowSelection: selection?.selected ?? {} },
    renderFallbackValue: '–',
  });
  if (rows.length === 0) return <EmptyState>{empty}</EmptyState>;
  return (
    <Table className="data-table" aria-label={label} highlightOnHover verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          {table.getVisibleLeafColumns().map(({ id, columnDef }) => (
            <Table.Th key={id} scope="col" className={columnDef.meta?.isNumeric ? 'numeric' : undefined}>
              {headerOf(columnDef)}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {table.getRowModel().rows.map((row) => (
          <Table.Tr key={row.id}>
            {row.getVisibleCells().map((cell) => (
              <Table.Td
                key={cell.id}
                data-label={headerOf(cell.column.columnDef)}
                className={cell.column.columnDef.meta?.isNumeric ? 'numeric' : undefined}
              >
                {contentOf(cell)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const headerOf = ({ header }: { header?: unknown }) => header as string;

/**
 * Calls the function of the column. As a component it would be another one for each rendering, so React would replace its
 * elements, and they would lose the focus.
 */
function contentOf<Row extends object>(cell: Cell<Features, Row>): ReactNode {
  const content = cell.column.columnDef.cell;
  return typeof content === 'function' ? (content(cell.getContext()) as ReactNode) : content;
}

function selectionColumn<Row extends object>({ label, labelOf }: Selection<Row>): Column<Row> {
  return {
    id: 'selected',
    header: label,
    cell: ({ row }) => (
      <Checkbox
        aria-label={labelOf(row.original)}
        checked={row.getIsSelected()}
        disabled={!row.getCanSelect()}
        onChange={row.getToggleSelectedHandler()}
      />
    ),
  };
}
