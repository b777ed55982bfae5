import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {createSubmitter} from './create-submitter.ts'
import type {Submitter} from './outcome.ts'

/** A server for the suite: what it has, and how the next message fares. */
export type SubmitterBed = {
  url: string
  received: () => Promise<{from: string; to: string; raw: Buffer}[]>
  /** How the message to this recipient is answered; `lost` is taken, and the answer never comes. */
  answer?: (to: string, how: 'refused' | 'later' | 'lost' | 'server-refuses') => void
  close: () => Promise<void>
}

const from = 'news@field-notes.example'
const to = 'ann@readers.example'
const raw = Buffer.from('Subject: Hello\r\n\r\n.\r\n..two dots\r\nHéllo, and a last line.\r\n')
const timeouts = {connectMs: 2_000, greetingMs: 2_000, commandMs: 2_000, dotMs: 2_000}

/** What every way out for mails promises. One without `answer` takes everything, and is asked for no more than that. */
export function describeSubmitter(
  name: string,
  {open, answers}: {open: () => Promise<SubmitterBed>; answers: boolean},
) {
  describe(`${name} as a way out:`, () => {
    let bed: SubmitterBed
    let submitter: Submitter
    beforeEach(async () => {
      bed = await open()
      submitter = createSubmitter({url: bed.url, connections: 2, timeouts})
    })
    afterEach(async () => {
      await submitter.close()
      await bed.close()
    })

    test('what is accepted is what was given, to the byte', async () => {
      const outcome = await submitter.submit({from, to, raw, tag: 'btag'})
      expect(outcome).toEqual({state: 'accepted', reply: expect.stringMatching(/\S/) as string})
      expect(await bed.received()).toEqual([{from, to, raw}])
    })

    test('more messages than connections wait their turn, and each goes once', async () => {
      const people = Array.from({length: 7}, (_, at) => `p${at}@readers.example`)
      const outcomes = await Promise.all(people.map((person) => submitter.submit({from, to: person, raw})))
      expect(outcomes.map(({state}) => state)).toEqual(people.map(() => 'accepted'))
      expect((await bed.received()).map((mail) => mail.to).toSorted()).toEqual(people)
    })

    test('an address that could say more than one thing reaches nobody', async () => {
      expect(await submitter.submit({from, to: 'ann@a.example, bob@b.example', raw})).toMatchObject({
        state: 'failed',
        scope: 'recipient',
      })
      expect(await submitter.submit({from: 'x\r\ny@a.example', to, raw})).toMatchObject({
        state: 'failed',
        scope: 'server',
      })
      expect(await bed.received()).toEqual([])
    })

    test('it answers whether it can be used, and after it is closed nothing leaves', async () => {
      await submitter.verify()
      await submitter.close()
      expect(await submitter.submit({from, to, raw})).toMatchObject({state: 'deferred', scope: 'server'})
      expect(await bed.received()).toEqual([])
    })

    test('a server that is away has nothing, and later may work', async () => {
      await bed.close()
      expect(await submitter.submit({from, to, raw})).toMatchObject({state: 'deferred', scope: 'server'})
      await expect(submitter.verify()).rejects.toMatchObject({code: 'smtp.unreachable'})
      bed = await open()
    })

    if (!answers) return
    test('each answer is told for what is known by it', async () => {
      bed.answer!('refused@readers.example', 'refused')
      expect(await submitter.submit({from, to: 'refused@readers.example', raw})).toMatchObject({
        state: 'failed',
        scope: 'recipient',
      })
      bed.answer!('later@readers.example', 'later')
      expect(await submitter.submit({from, to: 'later@readers.example', raw})).toMatchObject({state: 'deferred'})
      bed.answer!('us@readers.example', 'server-refuses')
      expect(await submitter.submit({from, to: 'us@readers.example', raw})).toMatchObject({
        state: 'failed',
        scope: 'server',
      })
      expect(await bed.received()).toEqual([])
      bed.answer!('lost@readers.example', 'lost')
      expect(await submitter.submit({from, to: 'lost@readers.example', raw})).toMatchObject({state: 'uncertain'})
      expect(await bed.received()).toHaveLength(1)
      expect(await submitter.submit({from, to, raw})).toMatchObject({state: 'accepted'})
    })
  })
}
