import {openLedger} from '@broadside/ledger'
import {createLogger} from '@broadside/runtime'
import {createQueue} from '../src/index.ts'

/** A process that says which release it works on, and works on it until it is killed. */
const [redisUrl = '', databaseUrl = ''] = process.argv.slice(2)
const ledger = await openLedger(databaseUrl)
const queue = createQueue({redisUrl, ledger, log: createLogger({service: 'test', level: 'silent'})})
queue.work('release.advance', {
  concurrency: 2,
  async handle({release}) {
    process.stdout.write(`${release}\n`)
    await new Promise(() => undefined)
  },
})
await queue.start()
