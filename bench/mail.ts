/**
 * Mails per second of CPU of the process that sends, to a server in another process that keeps nothing: Broadside on
 * its whole way (claim, compose, sign, submit, settle) beside plain loops over a pool of nodemailer.
 *
 *     sh tools/run node bench/mail.ts [--people 10000] [--connections 10] [--sink URL] [--only NAME] [--freeze PEOPLE]
 *
 * `--sink smtp://127.0.0.1:2525` sends to a server that runs already, such as `smtp-sink` of Postfix.
 */
import {fork, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {MailRun, MailRunResult} from './mail-run.ts'

const {values} = parseArgs({
  options: {
    people: {type: 'string', default: '10000'},
    connections: {type: 'string', default: '10'},
    sink: {type: 'string'},
    only: {type: 'string', default: ''},
    freeze: {type: 'string'},
  },
})
const here = import.meta.dirname
const children: ChildProcess[] = []
process.once('exit', () => children.forEach((child) => child.kill()))

const url = values.sink ?? `smtp://127.0.0.1:${await startSink()}`
const common = {url, people: Number(values.people), connections: Number(values.connections)}
const runs: MailRun[] = [
  {...common, name: 'nodemailer, composed for each', way: 'loop', signed: false},
  {...common, name: 'nodemailer, ready messages', way: 'ready', signed: false},
  {...common, name: 'Broadside', way: 'edition', signed: false},
  {...common, name: 'nodemailer, composed for each, signed', way: 'loop', signed: true},
  {...common, name: 'nodemailer, ready messages, signed', way: 'ready', signed: true},
  {...common, name: 'Broadside, signed', way: 'edition', signed: true},
]
if (values.freeze === undefined) {
  const asked = runs.filter(({name}) => name.includes(values.only))
  console.log(`\n${common.people} mails, ${common.connections} connections, to ${values.sink ?? 'smtp-server'}.\n`)
  console.log('| way | mails/s of CPU | mails/s | memory |\n| --- | ---: | ---: | ---: |')
  for (const run of asked) {
    const {accepted, cpuMs, sendMs, memoryMb} = await measure(run)
    if (accepted !== run.people) throw new Error(`${run.name}: ${accepted} of ${run.people} were accepted`)
    const cells = [run.name, perSecond(accepted, cpuMs), perSecond(accepted, sendMs), `${memoryMb.toFixed(0)} MB`]
    console.log(`| ${cells.join(' | ')} |`)
  }
} else {
  const run = {...common, name: 'freeze', way: 'freeze', signed: false, people: Number(values.freeze)} as const
  const {freezeMs = 0, longestWaitMs = 0, memoryMb} = await measure(run)
  const took = `${(freezeMs / 1000).toFixed(1)} s, ${memoryMb.toFixed(0)} MB`
  console.log(`${run.people} people frozen in ${took}; another writer waited ${longestWaitMs.toFixed(0)} ms at most`)
}
process.exit()

/** Each in a process of its own, so that none inherits what another has warmed up or left behind. */
async function measure(run: MailRun): Promise<MailRunResult> {
  const child = fork(join(here, 'mail-run.ts'), [JSON.stringify(run)])
  children.push(child)
  const [result] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error(`${run.name} ended without a result`))),
  ])) as [MailRunResult]
  return result
}

async function startSink(): Promise<number> {
  const child = fork(join(here, 'mail-sink.ts'))
  children.push(child)
  const [port] = (await once(child, 'message')) as [number]
  return port
}

function perSecond(count: number, ms: number): string {
  return ((count * 1000) / ms).toFixed(0)
}
