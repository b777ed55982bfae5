import {nearestWord, type Diagnostic} from '@broadside/content'
import {idPrefix} from './safe-schema.ts'
import type {SettledIds} from './settle-ids.ts'

/** A warning for each link within the text that leads to nothing in it. */
export function lostLinks({lost, headings, ids}: SettledIds, file: string, bodyLine: number): Diagnostic[] {
  const known = [...headings.map(({id}) => id), ...ids]
  return lost.map(({properties, position}) => {
    const wanted = String(properties.href).slice(1)
    const {line = 1, column = 1} = position?.start ?? {}
    const place = {file, line: line + bodyLine - 1, column}
    return {severity: 'warning', code: 'link.anchor', ...place, ...describeLostAnchor(wanted, known, 'this text')}
  })
}

/** What an author is told of a link to a part that is not there; `where` has only the ids in `known`. */
export function describeLostAnchor(
  wanted: string,
  known: string[],
  where: string,
): Pick<Diagnostic, 'message'> & {cure: string} {
  const near = known.find((id) => id === idPrefix + wanted) ?? nearestWord(wanted.toLowerCase(), known)
  return {
    message: `Nothing in ${where} is called "#${wanted}": the link leads to its beginning.`,
    cure:
      near === undefined
        ? 'Link to a heading by its words, in lower case and with hyphens, or give the place an id.'
        : `Did you mean "#${near}"?`,
  }
}
