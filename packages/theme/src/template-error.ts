import {BroadsideError} from '@broadside/runtime'
import {LiquidError} from 'liquidjs'

type Place = {file: string; line: number; column: number}

/**
 * Where the innermost template went wrong: an error inside a part is wrapped by each template that asked for it.
 * Tokens inside an expression do not know their file, only its whole text, by which it is found.
 */
function placeOf(error: unknown, templates: ReadonlyMap<string, string>): Place | undefined {
  if (!(error instanceof Error)) return undefined
  const inner = placeOf(originalOf(error), templates)
  if (inner || !LiquidError.is(error)) return inner
  const {token} = error
  const file = token.file ?? [...templates].find(([, text]) => text === token.input)?.[0]
  if (file === undefined) return undefined
  const [line = 1, column = 1] = token.getPosition()
  return {file, line, column}
}

function originalOf(error: Error): unknown {
  return (error as {originalError?: unknown}).originalError
}

/** LiquidJS's reason in words an author can use, without the place it appends: ", file:post.liquid, line:3, col:4". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const original = originalOf(error)
  if (original instanceof Error) return reasonOf(original)
  if (error instanceof RangeError) return 'templates that ask for each other without end'
  return error.message
    .replace(/, (?:file:.*, )?line:\d+, col:\d+$/, '')
    .replace(/^ENOENT: Failed to lookup ("[^"]*") in .*$/s, 'there is no template $1')
    .replace(/^template render limit exceeded$/, 'takes too long to render')
    .replace(/^memory alloc limit exceeded$/, 'makes more text than a page may have')
}

export type TemplateSources = {
  /** All templates, by name below `theme/`. */
  all: ReadonlyMap<string, string>
  /** Those of the author. */
  own: ReadonlyMap<string, string>
}

/** What LiquidJS threw for the template `name`, as `theme.template` (invalid) with the author's file, line and column. */
export function templateError(error: unknown, name: string, sources: TemplateSources): BroadsideError {
  const {file, line, column} = placeOf(error, sources.all) ?? {file: name, line: 1, column: 1}
  const known = file.replace(/(?:\.liquid)?$/, '.liquid')
  const path = `theme/${known}`
  const hint = sources.own.has(known)
    ? `Correct ${path}, or remove it to use the theme's own.`
    : `${path} is the theme's own: look at what the templates that use it hand over.`
  return new BroadsideError('invalid', 'theme.template', `${path}:${line}:${column}: ${reasonOf(error)}`, {
    hint,
    cause: error,
    details: {file: path, line, column},
  })
}
