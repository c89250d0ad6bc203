/** Histories as typed columns: loaded without being parsed, and decided without an object per operation. */
export { type CheckColumnsOptions, checkColumns, unknownTo } from './check-columns.ts'
export { Checksum, checksum } from './checksum.ts'
export { type DecodedColumns, decodeColumns, encodeColumns, type Source } from './codec.ts'
export { type ColumnsSource, columnsOf, Rows } from './columns-of.ts'
export { columnsFromJsonl } from './from-jsonl.ts'
export type { HistoryColumns } from './history-columns.ts'
export type { ValueTable } from './value-table.ts'
