import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

/** Files by path; undefined removes one. */
export type Files = Record<string, string | undefined>

/**
 * One commit: what it writes and removes, and what it moves first; on top of the one before it, unless `parent` says of
 * which, and an hour after it, unless `at` says how many hours after the first.
 */
export type Commit = {files?: Files; moves?: [from: string, to: string][]; parent?: number; at?: number}

const firstCommitAt = Date.parse('2026-03-01T08:00:00Z') / 1000
const apartSeconds = 3_600

/**
 * Makes a bare repository at `dir` whose branch main has these commits, an hour apart, by one git process; gives their
 * hashes, oldest first.
 */
export function importHistory(dir: string, commits: Commit[]): string[] {
  const env = {...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null'}
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', dir], {env})
  const marks = join(dir, 'marks')
  const input = commits.flatMap(({files = {}, moves = [], parent, at}, n) => [
    `commit refs/heads/main\nmark :${n + 1}\n`,
    `committer Test Author <author@example.org> ${firstCommitAt + (at ?? n) * apartSeconds} +0000\n`,
    data(`Commit ${n + 1}`),
    ...(parent === undefined ? [] : [`from :${parent + 1}\n`]),
    ...moves.map(([from, to]) => `R ${from} ${to}\n`),
    ...Object.entries(files).map(([path, text]) =>
      text === undefined ? `D ${path}\n` : `M 100644 inline ${path}\n${data(text)}`,
    ),
    '\n',
  ])
  execFileSync('git', ['fast-import', '--quiet', `--export-marks=${marks}`], {cwd: dir, env, input: input.join('')})
  const hashes = readFileSync(marks, 'utf8').trim().split('\n')
  return hashes
    .map((line) => line.split(' '))
    .toSorted(([a = ''], [b = '']) => Number(a.slice(1)) - Number(b.slice(1)))
    .map(([, hash = '']) => hash)
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`
}
