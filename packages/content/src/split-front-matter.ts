export type FrontMatterLanguage = 'yaml' | 'toml' | 'json'

export type SplitText = {
  /** Undefined when the text has no front matter; `source` is empty then. */
  language: FrontMatterLanguage | undefined
  source: string
  /** Line of the file on which `source` starts. */
  sourceLine: number
  body: string
  bodyLine: number
}

export type SplitProblem = {code: string; message: string; line: number; cure: string}

const languages: Record<string, FrontMatterLanguage> = {yaml: 'yaml', yml: 'yaml', toml: 'toml', json: 'json'}

/**
 * Takes the front matter off a Markdown file: `---` with YAML (or `---toml`, `---json`), `+++` with TOML,
 * `;;;` with JSON, or an object in braces right at the start. Other languages, such as `---js`, are refused:
 * a post is data and nothing in it is ever run. Expects `\n` line ends.
 */
export function splitFrontMatter(text: string): SplitText | SplitProblem {
  const blank = /^(?:[ \t]*\n)*/.exec(text)?.[0].length ?? 0
  const firstLine = 1 + text.slice(0, blank).split('\n').length - 1
  const start = text.slice(blank)
  const none: SplitText = {language: undefined, source: '', sourceLine: 1, body: text, bodyLine: 1}

  if (/^\{\s*["}]/.test(start)) return splitBraces(start, firstLine) ?? none
  const opening = /^(---|\+\+\+|;;;)[ \t]*([A-Za-z]*)[ \t]*(?:\n|$)/.exec(start)
  if (opening === null) return none
  const [fenceLine, fence = '', word = ''] = opening
  const named = languages[word.toLowerCase()]
  if (word !== '' && (named === undefined || fence !== '---')) {
    return {
      code: 'front-matter.language',
      message: `Front matter in "${word}" is not read, and never run.`,
      line: firstLine,
      cure: 'Write it in YAML between lines of ---, in TOML between +++, or in JSON between ;;;.',
    }
  }
  const language = named ?? (fence === '+++' ? 'toml' : fence === ';;;' ? 'json' : 'yaml')
  const rest = start.slice(fenceLine.length)
  const closing = findClosing(rest, fence, language)
  if (closing === undefined) {
    // A post may open with a thematic break, which looks like a fence but has no key after it.
    if (fence === '---' && word === '' && !/^[ \t]*["']?[\w-]+["']?[ \t]*:/.test(rest)) return none
    return {
      code: 'front-matter.unclosed',
      message: `The front matter that starts here has no closing ${fence}.`,
      line: firstLine,
      cure: `Put a line with only ${fence} between the front matter and the text.`,
    }
  }
  const source = rest.slice(0, closing.start)
  const body = rest.slice(closing.end)
  const sourceLine = firstLine + 1
  return {language, source, sourceLine, body, bodyLine: sourceLine + source.split('\n').length}
}

/** Offsets of the closing line; YAML may also end with `...`. */
function findClosing(rest: string, fence: string, language: FrontMatterLanguage) {
  let start = 0
  while (start <= rest.length) {
    const newline = rest.indexOf('\n', start)
    const end = newline < 0 ? rest.length : newline
    const line = rest.slice(start, end).trimEnd()
    if (line === fence || (line === '...' && language === 'yaml')) {
      return {start, end: newline < 0 ? end : end + 1}
    }
    if (newline < 0) return undefined
    start = end + 1
  }
  return undefined
}

/** Finds the brace that closes the first one, minding strings; undefined when this is no front matter. */
function splitBraces(start: string, firstLine: number): SplitText | SplitProblem | undefined {
  let depth = 0
  let inString = false
  for (let index = 0; index < start.length; index += 1) {
    const character = start[index]
    if (inString) {
      if (character === '\\') index += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{') depth += 1
    else if (character === '}' && --depth === 0) {
      const source = start.slice(0, index + 1)
      const after = start.slice(index + 1)
      // An object that shares its line with text is part of the text.
      const gap = /^[ \t]*(?:\n|$)/.exec(after)?.[0]
      if (gap === undefined) return undefined
      const lines = source.split('\n').length - (gap.endsWith('\n') ? 0 : 1)
      return {
        language: 'json',
        source,
        sourceLine: firstLine,
        body: after.slice(gap.length),
        bodyLine: firstLine + lines,
      }
    }
  }
  return {
    code: 'front-matter.unclosed',
    message: 'The JSON front matter that starts here is not closed.',
    line: firstLine,
    cure: 'Close the object with } before the text.',
  }
}
