import {readDkimKey, createDkimSigner, newDkimKey} from '@broadside/smtp'
import {makeBody} from './make-site.ts'
import {sendEdition} from './mail-edition.ts'
import {sendLoop} from './mail-loop.ts'

export type MailRun = {
  name: string
  way: 'loop' | 'ready' | 'edition' | 'freeze'
  signed: boolean
  url: string
  people: number
  connections: number
}

export type MailRunResult = {
  accepted: number
  cpuMs: number
  sendMs: number
  memoryMb: number
  freezeMs?: number
  longestWaitMs?: number
}

const run = JSON.parse(process.argv[2]!) as MailRun
const key = readDkimKey({domain: 'bench.example', selector: 'bench', pem: await newDkimKey()})
const body = makeBody(1)
const {url, people, connections, signed, way} = run
const result: MailRunResult =
  way === 'loop' || way === 'ready'
    ? await sendLoop({url, people, connections, body, key: signed ? key : undefined, ready: way === 'ready'})
    : await sendEdition({
        url,
        people,
        connections,
        body,
        signer: signed ? createDkimSigner(key) : undefined,
        freezeOnly: way === 'freeze',
      })
process.send?.(result, () => process.exit())
