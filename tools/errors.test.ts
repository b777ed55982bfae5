import {globSync} from 'node:fs'
import {basename} from 'node:path'
import {events, jobs} from '@broadside/contracts'
import {expect, test} from 'vitest'
import {givenCodes, possibleCodes, productSources} from './error-codes.ts'
import {readText, root} from './source-tree.ts'

const row = /^\| `([a-z][a-z0-9.-]*)` \| (\w+) \| (.+) \| (.+) \|$/gm
const documented = [...readText('docs/errors.md').matchAll(row)].map(([, code = '', kind = '']) => ({code, kind}))
const codes = documented.map(({code}) => code)
const files = productSources()

/** What stands in a line of the log as its event, wherever else it is named. */
const logged = files.flatMap(({text}) =>
  [...text.matchAll(/\bevent: ([^,\n]+)/g)].flatMap(([, named = '']) =>
    [...named.matchAll(/'([a-z.-]+)'/g)].map(([, name = '']) => name),
  ),
)
/** Names that look like codes: of events, of jobs, of lines in the log, and of the services' listeners. */
const listeners = globSync('services/*', {cwd: root}).map((dir) => `${basename(dir)}.http`)
const otherNames = new Set([...Object.keys(events), ...Object.keys(jobs), ...logged, ...listeners])

test('docs/errors.md lists each code that the sources give, and the family of each is known', () => {
  const given = givenCodes(files)
  const families = new Set([...codes, ...given.map(({code}) => code)].map((code) => code.slice(0, code.indexOf('.'))))
  const missing = [...given, ...possibleCodes(files, families, otherNames)].filter(({code}) => !codes.includes(code))
  expect([...new Set(missing.map(({code, path}) => `${code} in ${path}`))]).toEqual([])
})

test('every code in docs/errors.md is given somewhere, and stands there once', () => {
  expect(codes.filter((code) => !files.some(({text}) => text.includes(`'${code}'`)))).toEqual([])
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
})

test('every code is listed with the kind or severity that the sources give it', () => {
  const given = new Map<string, Set<string>>()
  const note = (code: string, kind: string) => given.set(code, (given.get(code) ?? new Set()).add(kind))
  for (const {text} of files) {
    for (const [, kind = '', code = ''] of text.matchAll(/'(\w+)',\s*'([a-z0-9-]+(?:\.[a-z0-9-]+)+)'/g))
      note(code, kind)
    for (const [, kind = '', code = ''] of text.matchAll(/(?:kind|severity): '(\w+)',\s*code: '([a-z0-9.-]+)'/g))
      note(code, kind)
    for (const [, kind = '', code = ''] of text.matchAll(/\breport\.(error|warning)\(\s*'([a-z0-9.-]+)'/g))
      note(code, kind)
  }
  const kinds = ['invalid', 'transient', 'throttled', 'uncertain', 'bug', 'error', 'warning']
  expect(documented.filter(({kind}) => !kinds.includes(kind))).toEqual([])
  const wrong = documented.filter(({code, kind}) => {
    const real = [...(given.get(code) ?? [])].filter((word) => kinds.includes(word))
    return real.length > 0 && !real.includes(kind)
  })
  expect(wrong).toEqual([])
})
