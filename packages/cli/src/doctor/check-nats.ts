import {inspectBus} from '@broadside/bus'
import {consumers} from '@broadside/contracts'
import {explain} from '@broadside/runtime'
import type {Finding} from './finding.ts'

/** Whether NATS keeps events as services need it: JetStream, the stream, and a consumer for each listener. */
export async function checkNats(natsUrl: string): Promise<Finding[]> {
  const about = 'NATS'
  const expected = Object.entries(consumers)
  try {
    const report = await inspectBus(natsUrl, new Map(expected.map(([durable, {filter}]) => [durable, filter])))
    const server = `NATS ${report.version}`
    if (!report.hasJetStream) {
      const advice = 'Start nats-server with -js, and a folder for it (-sd)'
      return [{about, state: 'bad', message: `${server} runs without JetStream`, advice}]
    }
    if (report.stream === undefined) {
      const advice = 'A service makes it when it starts; are they connected to this NATS?'
      return [{about, state: 'bad', message: `${server} has no stream of Broadside's`, advice}]
    }
    const {differing, messages} = report.stream
    const found: Finding[] = [
      differing.length === 0
        ? {about, state: 'good', message: `${server} keeps ${messages} events`}
        : {
            about,
            state: 'bad',
            message: `the stream is kept otherwise than asked for: ${differing.join(', ')}`,
            advice: 'Start the services anew, which puts it right where the server can; else use a newer NATS',
          },
    ]
    for (const [durable, {service}] of expected) {
      const consumer = report.consumers.get(durable)
      const of = `NATS, ${durable}`
      if (consumer === undefined) {
        const advice = `Start ${service}: it makes its consumers by itself`
        found.push({about: of, state: 'bad', message: `nobody listens: ${service} was never connected`, advice})
      } else if (consumer.differing.length > 0) {
        const message = `it is not as it must be: ${consumer.differing.join(', ')}`
        found.push({about: of, state: 'bad', message, advice: `Start ${service} anew, which puts it right`})
      } else found.push({about: of, state: 'good', message: `${consumer.waiting} events wait`})
    }
    return found
  } catch (error) {
    return [{about, state: 'bad', message: explain(error), advice: 'NATS_URL says where it is'}]
  }
}
