/**
 * Mails per second of CPU of the process that sends, to a server in another process that keeps nothing: Broadside on
 * its whole way (claim, compose, sign, submit, settle) beside plain loops over a pool of nodemailer.
 *
 *     sh tools/run program bench/mail.ts [--people 10000] [--connections 10] [--sink smtp-server|smtp-sink|URL]
 *         [--signed] [--only NAME] [--source] [--ledger] [--freeze PEOPLE]
 *
 * `tools/run program` has the newsletter service run compiled, as it is started everywhere. `--signed` signs with DKIM
 * (RSA, 2,048 bits) on both sides. `--source` adds `smtp-source` of Postfix, the most that the machine can do; `--ledger`
 * tells what the SQL statements take of it, and `--freeze` only how long an audience takes to be frozen.
 */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {MailRun, MailRunResult} from './mail-run.ts'
import {runSource, startSink} from './mail-sinks.ts'

const {values} = parseArgs({
  options: {
    people: {type: 'string', default: '10000'},
    connections: {type: 'string', default: '10'},
    sink: {type: 'string', default: 'smtp-server'},
    only: {type: 'string', default: ''},
    signed: {type: 'boolean', default: false},
    source: {type: 'boolean', default: false},
    ledger: {type: 'boolean', default: false},
    freeze: {type: 'string'},
  },
})
/** What a mail of the edition has, about; so much has each of `smtp-source` as well. */
const mailBytes = 16_000
const children: ChildProcess[] = []
process.once('exit', () => children.forEach((child) => child.kill()))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const {url, process: sink} = await startSink(values.sink)
if (sink !== undefined) children.push(sink)
const {signed} = values
const people = Number(values.freeze ?? values.people)
const common = {url, people, connections: Number(values.connections), signed, meterLedger: values.ledger}
const runs: MailRun[] = [
  {...common, name: 'nodemailer, composed for each', way: 'loop'},
  {...common, name: 'nodemailer, ready messages', way: 'ready'},
  {...common, name: 'Broadside', way: 'edition'},
]
if (values.freeze === undefined) await compare(runs.filter(({name}) => name.includes(values.only)))
else {
  const {freezeMs = 0, longestWaitMs = 0, memoryMb = []} = await measure({...common, name: 'freeze', way: 'freeze'})
  const took = `${(freezeMs / 1000).toFixed(1)} s, ${memoryMb[0]?.toFixed(0)} MB`
  console.log(`${people} people frozen in ${took}; another writer waited ${longestWaitMs.toFixed(0)} ms at most`)
}
process.exit()

async function compare(asked: MailRun[]): Promise<void> {
  const {connections} = common
  console.log(`\n${people} mails, ${signed ? '' : 'not '}signed, ${connections} connections, to ${values.sink}.\n`)
  console.log('| way | mails/s of CPU | mails/s |\n| --- | ---: | ---: |')
  if (values.source) row('smtp-source', await runSource(url, {people, connections, bytes: mailBytes}))
  const results: MailRunResult[] = []
  for (const run of asked) {
    const result = await measure(run)
    if (result.accepted !== people) throw new Error(`${run.name}: ${result.accepted} of ${people} were accepted`)
    row(run.name, result)
    results.push(result)
  }
  for (const result of results) tell(result)
}

/** What is known of Broadside's own run alone. */
function tell({freezeMs, memoryMb, usedMb, cpuMs, ledger}: MailRunResult): void {
  if (usedMb === undefined || memoryMb === undefined || freezeMs === undefined) return
  const tenths = Array.from({length: 10}, (_, tenth) => memoryMb[tenth]?.toFixed(0) ?? '-').join(', ')
  console.log(`\nFrozen in ${(freezeMs / 1000).toFixed(1)} s. Memory in each tenth, MB: ${tenths}.`)
  console.log(
    `Used: ledger ${usedMb.ledger.toFixed(0)} MB, NATS ${usedMb.nats.toFixed(0)} MB, Redis ${usedMb.redis.toFixed(0)} MB.`,
  )
  if (ledger === undefined) return
  const share = ((ledger.cpuMs * 100) / cpuMs).toFixed(0)
  console.log(
    `The ledger's share: ${share} % of the CPU, ${(ledger.tookMs / 1000).toFixed(1)} s in ${ledger.statements} statements.`,
  )
}

/** Each in a process of its own, so that none inherits what another has warmed up or left behind. */
async function measure(run: MailRun): Promise<MailRunResult> {
  const child = fork(join(import.meta.dirname, 'mail-run.ts'), [JSON.stringify(run)])
  children.push(child)
  const [result] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${run.name} ended without a result`))),
  ])) as [MailRunResult]
  return result
}

function row(name: string, {cpuMs, sendMs}: {cpuMs: number; sendMs: number}): void {
  console.log(`| ${[name, perSecond(people, cpuMs), perSecond(people, sendMs)].join(' | ')} |`)
}

function perSecond(count: number, ms: number): string {
  return ((count * 1000) / ms).toFixed(0)
}
