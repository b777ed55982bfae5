import type {Diagnostic} from '@broadside/content'

/** A command of GitHub's workflows that shows a diagnostic at its line of a pull request. */
export function toAnnotation({severity, file, line, column, code, message, cure}: Diagnostic): string {
  const properties = Object.entries({file, line, col: column, title: code}).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`],
  )
  return `::${severity} ${properties.join(',')}::${escapeData(cure === undefined ? message : `${message} ${cure}`)}`
}

/** As the runner's own toolkit does: a line break would end the command, and text of a post must not begin another. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
