// Loaded before a program (`node --import …/kill-at-commit.mjs main.ts`): ends its own process by SIGKILL right before
// or right after the n-th step since it was armed. Between two commits of the ledger lie all effects on the outside, so
// that the commits alone reach every place between two handoffs; the other steps hit the effects themselves.
//
// BROADSIDE_KILL_ARM names a file: while it is not there nothing is counted. It holds {"step", "when", "n"}; `step` is
// `commit` (a transaction of the ledger that changed something), `rename` (a file put in place), `remove` (a file
// taken away), `event` (bytes with events sent to NATS), `job` (a command sent to Redis that adds or settles jobs)
// or `mail` (the end of a message sent by SMTP). The step that was the last stands in the same file with `.reached` at
// its end; a program that ends by itself writes how often there was each step, with `.counted` at its end.
import fs, {readFileSync, writeFileSync} from 'node:fs'
import fsPromises from 'node:fs/promises'
import {syncBuiltinESMExports} from 'node:module'
import {Socket} from 'node:net'
import {DatabaseSync, StatementSync} from 'node:sqlite'

const armFile = process.env['BROADSIDE_KILL_ARM']
const counted = {}
let armed

function arm() {
  if (armed !== undefined || armFile === undefined) return armed
  try {
    armed = JSON.parse(readFileSync(armFile, 'utf8'))
  } catch {
    // Not there yet, or not whole yet.
  }
  return armed
}

/** Counts a step and gives the two moments around it, each of which may be the last. */
function around(step, what) {
  if (step === undefined || arm() === undefined) return {before() {}, after() {}}
  counted[step] = (counted[step] ?? 0) + 1
  const isIt = armed.step === step && armed.n === counted[step]
  const die = (when) => {
    if (!isIt || armed.when !== when) return
    writeFileSync(`${armFile}.reached`, JSON.stringify({...armed, what}))
    process.kill(process.pid, 'SIGKILL')
  }
  return {before: () => die('before'), after: () => die('after')}
}

process.on('exit', () => {
  if (armed !== undefined) writeFileSync(`${armFile}.counted`, JSON.stringify(counted))
})

const databases = new WeakMap()
const transactions = new WeakMap()
const {prepare, exec} = DatabaseSync.prototype

const changesOf = (database) => prepare.call(database, 'select total_changes() as n').get().n

DatabaseSync.prototype.prepare = function (sql, ...rest) {
  const statement = prepare.call(this, sql, ...rest)
  databases.set(statement, this)
  return statement
}

for (const method of ['run', 'all', 'get']) {
  const original = StatementSync.prototype[method]
  StatementSync.prototype[method] = function (...parameters) {
    const database = databases.get(this)
    const sql = this.sourceSQL.trimStart()
    const call = () => original.apply(this, parameters)
    if (database === undefined || arm() === undefined) return call()
    if (/^begin/i.test(sql)) {
      transactions.set(database, {from: changesOf(database), writes: []})
      return call()
    }
    if (/^commit/i.test(sql)) return commit(database, call)
    if (!/^(insert|update|delete|replace|with)/i.test(sql)) return call()
    if (database.isTransaction) {
      transactions.get(database)?.writes.push(sql)
      return call()
    }
    return alone(database, sql, call)
  }
}

function commit(database, call) {
  const {from, writes} = transactions.get(database) ?? {from: -1, writes: []}
  transactions.delete(database)
  if (from === changesOf(database)) return call()
  const {before, after} = around('commit', writes.join('; '))
  before()
  const result = call()
  after()
  return result
}

/** A statement outside a transaction is one of its own; only so is there a moment between its change and its end. */
function alone(database, sql, call) {
  exec.call(database, 'begin immediate')
  transactions.set(database, {from: changesOf(database), writes: [sql]})
  try {
    const result = call()
    commit(database, () => exec.call(database, 'commit'))
    return result
  } catch (error) {
    exec.call(database, 'rollback')
    throw error
  }
}

for (const [method, step] of [
  ['rename', 'rename'],
  ['rm', 'remove'],
]) {
  const original = fsPromises[method]
  fsPromises[method] = async (...parameters) => {
    const {before, after} = around(step, String(parameters.at(step === 'rename' ? 1 : 0)))
    before()
    const result = await original(...parameters)
    after()
    return result
  }
}
// Objects in a folder are put by the plain call.
const {rename} = fs
fs.rename = (from, to, done) => {
  const {before, after} = around('rename', String(to))
  before()
  rename(from, to, (error) => {
    if (!error) after()
    done(error)
  })
}
syncBuiltinESMExports()

/** What the bytes on a wire are the end of. */
function stepOfWire(bytes) {
  if (bytes.includes('PUB broadside.v1.')) return 'event'
  if (bytes.endsWith('\r\n.\r\n') || bytes === '.\r\n') return 'mail'
  // The look for stalled jobs comes by the clock, whether there is work or not.
  const isScript = /evalsha/i.test(bytes.slice(0, 200)) && !bytes.includes(':stalled-check')
  if (isScript && bytes.includes('broadside:')) return 'job'
  return undefined
}

const {write} = Socket.prototype
Socket.prototype.write = function (chunk, ...rest) {
  if (arm() === undefined) return write.call(this, chunk, ...rest)
  const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('latin1')
  const {before, after} = around(stepOfWire(text), text.slice(0, 200))
  before()
  const result = write.call(this, chunk, ...rest)
  after()
  return result
}
