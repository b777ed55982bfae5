import {BroadsideError} from '@broadside/runtime'
import type {Change, WalkedCommit} from './mirror.ts'
import {parseRawHeader, toChanges, type RawHeader} from './parse-raw-change.ts'
import {streamRecords} from './run-git.ts'

/** First byte of a commit's first field; entries of changes start with a colon. */
const commitMark = 0x01
const fields = '%x01%H%x00%P%x00%at%x00%an%x00%ae%x00%s'

const logOptions =
  'log --first-parent --reverse --diff-merges=first-parent --raw -z --no-abbrev -M50% -l0 --no-color --no-notes \
--no-ext-diff --no-textconv --no-mailmap --encoding=UTF-8 --ignore-submodules=none'.split(' ')

/**
 * Arguments of the one process that walks. Renames are found commit by commit, against the first parent, at a fixed
 * similarity and without a limit on candidates: what is a rename does not depend on how many commits come at once.
 */
function walkArguments({from, to}: {from?: string; to: string}): string[] {
  const range = from === undefined ? [to] : [to, `^${from}`]
  return [...logOptions, `--format=tformat:${fields}`, '--end-of-options', ...range, '--']
}

/** First-parent commits after `from` up to `to`, oldest first, read as git writes them. */
export async function* walkCommits(dir: string, range: {from?: string; to: string}): AsyncGenerator<WalkedCommit> {
  let commit: WalkedCommit | undefined
  const head: string[] = []
  let entry: RawHeader | undefined
  let paths: Buffer[] = []
  for await (const record of streamRecords(dir, walkArguments(range))) {
    if (head.length > 0 && head.length < 6) {
      head.push(record.toString('utf8'))
      if (head.length === 6) commit = toCommit(head)
    } else if (entry !== undefined) {
      paths.push(record)
      if (paths.length < entry.paths) continue
      commit?.changes.push(...toChanges(entry, paths))
      entry = undefined
      paths = []
    } else if (record[0] === commitMark) {
      if (commit !== undefined) yield ordered(commit)
      commit = undefined
      head.splice(0, head.length, record.toString('latin1', 1))
    } else if (record.length > 0) {
      entry = parseRawHeader(record.toString('latin1'))
      if (entry === undefined) throw unreadable('log', record)
    }
  }
  if (commit !== undefined) yield ordered(commit)
}

/** What makes tree `b` of tree `a`; both are hashes of commits or trees. Renames are off. */
export async function* diffTrees(dir: string, a: string, b: string): AsyncGenerator<Change> {
  let entry: RawHeader | undefined
  const args = ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--no-ext-diff', '--no-textconv']
  for await (const record of streamRecords(dir, [
    ...args,
    '--ignore-submodules=none',
    '--end-of-options',
    a,
    b,
    '--',
  ])) {
    if (entry !== undefined) {
      yield* toChanges(entry, [record])
      entry = undefined
    } else {
      entry = parseRawHeader(record.toString('latin1'))
      if (entry === undefined) throw unreadable('diff-tree', record)
    }
  }
}

function toCommit([
  commit = '',
  parents = '',
  seconds = '0',
  authorName = '',
  authorEmail = '',
  subject = '',
]: string[]) {
  const [parent] = parents.split(' ')
  const authorDate = Number(seconds) * 1_000
  return {commit, parent: parent === '' ? undefined : parent, authorDate, authorName, authorEmail, subject, changes: []}
}

/** Git orders by bytes; a rename that became two changes may stand out of order. */
function ordered(commit: WalkedCommit): WalkedCommit {
  if (commit.changes.every(({kind}) => kind === 'add' || kind === 'modify')) return commit
  const keyed = commit.changes.map((change) => ({change, key: Buffer.from(change.path)}))
  return {
    ...commit,
    changes: keyed.toSorted((left, right) => Buffer.compare(left.key, right.key)).map(({change}) => change),
  }
}

function unreadable(command: string, record: Buffer): BroadsideError {
  const shown = JSON.stringify(record.toString('utf8', 0, 80))
  return new BroadsideError('bug', 'git.output.unreadable', `git ${command} wrote what was not expected: ${shown}`)
}
