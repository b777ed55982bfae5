import {formatPlace, type Diagnostic} from '@broadside/content'
import type {Cli} from './cli.ts'

/** `posts/x.md:3:7 error: what is wrong → what to do`, the place first so that editors and terminals link it. */
export function formatDiagnostic(found: Diagnostic, paint: Cli['paint']): string {
  const label = found.severity === 'error' ? paint.red('error') : paint.yellow('warning')
  const cure = found.cure === undefined ? '' : ` → ${found.cure}`
  return `${paint.bold(formatPlace(found))} ${label}: ${found.message}${cure}`
}
