import {consumerOf, consumers} from '@broadside/contracts'
import {expect, test, vi} from 'vitest'
import {startBed, until} from '../test/start-bed.ts'
import {streamName} from './ensure-stream.ts'
import {inspectBus} from './inspect-bus.ts'

vi.setConfig({testTimeout: 30_000})

test('what services keep in NATS is told as it is, and nothing is made or changed', async () => {
  const bed = await startBed()
  const expected = new Map(Object.entries(consumers).map(([durable, {filter}]) => [durable, filter]))
  const look = () => inspectBus(bed.natsUrl, expected)
  try {
    expect(await look()).toMatchObject({hasJetStream: true, stream: undefined, consumers: new Map()})
    const bus = bed.bus('publisher')
    bus.consume({...consumerOf('publisher-revisions'), handle: async () => {}})
    await bus.start()
    await until(async () => (await look()).consumers.size > 0)
    const {stream, consumers: found} = await look()
    expect(stream).toEqual({differing: [], messages: 0})
    expect(found).toEqual(new Map([['publisher-revisions', {differing: [], waiting: 0}]]))
    await bus.stop()

    await bed.manager(async (manager) => {
      await manager.streams.update(streamName, {max_age: 1_000_000_000, duplicate_window: 1_000_000_000})
      await manager.consumers.update(streamName, 'publisher-revisions', {max_deliver: 3})
    })
    await bed.publishRaw('broadside.v1.notes.revision.rendered', '{}')
    const changed = await look()
    expect(changed.stream).toEqual({differing: ['max_age', 'duplicate_window'], messages: 1})
    expect(changed.consumers.get('publisher-revisions')).toEqual({differing: ['max_deliver'], waiting: 1})

    await bed.killServer()
    await expect(look()).rejects.toThrow('NATS does not answer')
  } finally {
    await bed.stop()
  }
})
