import {subjectOf} from '@broadside/contracts'
import {openLedger} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {createBus} from '../src/index.ts'

/** A process that says what it handles and dies by SIGKILL in the middle of revision 3. */
const [natsUrl = '', databaseUrl = ''] = process.argv.slice(2)
const ledger = await openLedger(databaseUrl)
const bus = createBus({natsUrl, service: 'intake', ledger, log: createLogger({service: 'test', level: 'silent'})})
bus.consume({
  durable: 'publisher',
  filter: subjectOf('*', 'revision.rendered'),
  ackWaitMs: 300,
  maxDeliver: 20,
  async handle(events) {
    for (const event of events) {
      const revision = event.name === 'revision.rendered' ? event.data.revision : 0
      process.stdout.write(`${revision}\n`)
      if (revision === 3) process.kill(process.pid, 'SIGKILL')
    }
  },
})
await bus.start()
