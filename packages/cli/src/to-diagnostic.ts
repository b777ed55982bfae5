import type {Diagnostic} from '@broadside/content'
import type {DiagnosticsTable} from '@broadside/ledger'

/** A diagnostic as the ledger keeps it, as authors' tools know it. */
export function toDiagnostic(row: DiagnosticsTable): Diagnostic {
  return {
    severity: row.severity as Diagnostic['severity'],
    code: row.code,
    file: row.file,
    ...(row.line === null ? {} : {line: row.line}),
    ...(row.column_number === null ? {} : {column: row.column_number}),
    message: row.message,
    ...(row.cure === null ? {} : {cure: row.cure}),
  }
}
