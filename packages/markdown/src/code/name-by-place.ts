import {appendToken} from './code-token.ts'
import type {CodeToken} from './code-token.ts'

/** A decorator, or a name before a bracket. */
const called = /(@[\w.]+|[A-Za-z_]\w*(?=\())/

/** Names before a bracket are functions that are called, types among them. */
export function nameCalls(lines: CodeToken[][]): CodeToken[][] {
  return lines.map((line) => {
    const named: CodeToken[] = []
    for (const [at, {text, className}] of line.entries()) {
      const isMade = line[at - 1]?.text.trim() === 'class'
      const isCalled = className === 'hl-type' && !isMade && line[at + 1]?.text.startsWith('(') === true
      const parts = className === '' ? text.split(called) : [text]
      // Every second part is what the expression holds.
      for (const [index, part] of parts.entries()) {
        if (part !== '') appendToken(named, part, isCalled || index % 2 === 1 ? 'hl-function' : className)
      }
    }
    return named
  })
}

/** Where something is led to, what ends a command of a shell, and what stands between: blanks, and words. */
const pieces = /\d*[<>]+&?\d*|[|&;(){}`]+|\s+|[^\s|&;(){}`<>]+/g
const isEnd = /^[|&;({`]/
const isAssignment = /^\w+\+?=/
const isName = /^[\w.~/][\w.~/+-]*$/
const isOption = /^--?\w/
/** Words that a list follows and no command. */
const beforeLists = new Set(['for', 'in', 'case', 'select', 'function'])

/** The first word of each command of a shell is a function; a line that ends with a backslash goes on in the next. */
export function nameCommands(lines: CodeToken[][]): CodeToken[][] {
  let expects = true
  return lines.map((line) => {
    const named: CodeToken[] = []
    for (const {text, className} of line) {
      if (className !== '') {
        appendToken(named, text, className)
        if (className === 'hl-keyword') expects = !beforeLists.has(text.trim())
        else if (className !== 'hl-comment') expects = false
        continue
      }
      for (const [piece] of text.matchAll(pieces)) {
        const isCommand = expects && isName.test(piece)
        appendToken(named, piece, isCommand ? 'hl-function' : isOption.test(piece) ? 'hl-constant' : '')
        if (isEnd.test(piece)) expects = true
        // A prompt is followed by a command, as a variable set for one is.
        else if (/\S/.test(piece)) expects &&= piece === '$' || isAssignment.test(piece)
      }
    }
    if (!line.at(-1)?.text.endsWith('\\')) expects = true
    return named
  })
}
