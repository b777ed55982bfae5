import {BroadsideError} from '@broadside/runtime'
import {LiquidError} from 'liquidjs'

type Place = {file: string; line: number; column: number}

/** Where the innermost template went wrong: an error inside a part is wrapped by each template that asked for it. */
function placeOf(error: unknown): Place | undefined {
  if (!(error instanceof Error)) return undefined
  const original = (error as {originalError?: unknown}).originalError
  const inner = placeOf(original)
  if (inner || !LiquidError.is(error)) return inner
  const [line = 1, column = 1] = error.token.getPosition()
  return {file: error.token.file ?? '', line, column}
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const original = (error as {originalError?: unknown}).originalError
  if (original instanceof Error) return reasonOf(original)
  // LiquidJS appends its own words for the place: ", file:post.liquid, line:3, col:4".
  return error.message.replace(/, (?:file:.*, )?line:\d+, col:\d+$/, '')
}

/** What LiquidJS threw for `template`, as `theme.template` (invalid) with the author's file, line and column. */
export function templateError(error: unknown, template: string, isOverride: (file: string) => boolean): BroadsideError {
  const {file, line, column} = placeOf(error) ?? {file: '', line: 1, column: 1}
  const name = (file || template).replace(/(?:\.liquid)?$/, '.liquid')
  const path = `theme/${name}`
  const hint = isOverride(name)
    ? `Correct ${path}, or remove it to use the theme's own.`
    : `${path} is the theme's own: look at what the templates that use it hand over.`
  return new BroadsideError('invalid', 'theme.template', `${path}:${line}:${column}: ${reasonOf(error)}`, {
    hint,
    cause: error,
    details: {file: path, line, column},
  })
}
