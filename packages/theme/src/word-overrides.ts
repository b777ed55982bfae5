import {BroadsideError} from '@broadside/runtime'

/** The author's `languages/<tag>.json` files, parsed. Throws `theme.words` (invalid) for one that is no flat table of texts. */
export function wordOverrides(overrides: ReadonlyMap<string, string>): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>()
  for (const [name, text] of overrides) {
    const language = /^languages\/([A-Za-z0-9-]+)\.json$/.exec(name)?.[1]
    if (language !== undefined) found.set(language, parseTexts(name, text))
  }
  return found
}

function parseTexts(name: string, text: string): Record<string, string> {
  const refuse = (why: string, cause?: unknown) =>
    new BroadsideError('invalid', 'theme.words', `theme/${name}: ${why}`, {
      hint: 'The file is one JSON object: {"read": "Lire la suite →", …}.',
      cause,
      details: {file: `theme/${name}`},
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse('not an object')
  const wrong = Object.entries(value).find(([, word]) => typeof word !== 'string')
  if (wrong) throw refuse(`"${wrong[0]}" is not a text`)
  return value as Record<string, string>
}
