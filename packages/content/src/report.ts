import type {Diagnostic} from './diagnostic.ts'
import type {FieldCodes} from './field-codes.ts'

export type Place = {line?: number; column?: number}

export type Report = {
  readonly codes: FieldCodes
  readonly diagnostics: Diagnostic[]
  error(code: string, message: string, more?: {at?: Place | undefined; cure?: string}): void
  warning(code: string, message: string, more?: {at?: Place | undefined; cure?: string}): void
  /** Whether anything that was told is an error. */
  isBroken(): boolean
}

/** Collects what an author should know about one file, in the order it was found. */
export function createReport(file: string, codes: FieldCodes): Report {
  const diagnostics: Diagnostic[] = []
  const tell =
    (severity: Diagnostic['severity']): Report['error'] =>
    (code, message, {at, cure} = {}) => {
      const diagnostic: Diagnostic = {severity, code, file, message}
      if (at?.line !== undefined) diagnostic.line = at.line
      if (at?.column !== undefined) diagnostic.column = at.column
      if (cure !== undefined) diagnostic.cure = cure
      diagnostics.push(diagnostic)
    }
  return {
    codes,
    diagnostics,
    error: tell('error'),
    warning: tell('warning'),
    isBroken: () => diagnostics.some(({severity}) => severity === 'error'),
  }
}
