import {readDkimKey, newDkimKey} from '@broadside/smtp'
import {makeBody} from './make-site.ts'
import {sendEdition, type EditionRun} from './mail-edition.ts'
import {sendLoop} from './mail-loop.ts'

export type MailRun = {
  name: string
  way: 'loop' | 'ready' | 'edition' | 'freeze'
  signed: boolean
  url: string
  people: number
  connections: number
  /** Whether to take the time of each SQL statement, which costs some itself. */
  meterLedger: boolean
}

export type MailRunResult = Pick<EditionRun, 'accepted' | 'cpuMs' | 'sendMs'> & Partial<EditionRun>

process.once('disconnect', () => process.exit())
const run = JSON.parse(process.argv[2]!) as MailRun
const pem = run.signed ? await newDkimKey() : undefined
const body = makeBody(1)
const {way} = run
const key = pem === undefined ? undefined : readDkimKey({domain: 'bench.example', selector: 'bench', pem})
const result: MailRunResult =
  way === 'loop' || way === 'ready'
    ? await sendLoop({...run, body, key, ready: way === 'ready'})
    : await sendEdition({...run, body, pem, freezeOnly: way === 'freeze'})
process.send?.(result, () => process.exit())
