import {parentPort, workerData} from 'node:worker_threads'
import {openLedger} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {createBuildOutputs} from './build-outputs.ts'
import type {Answer, Order} from './create-builder.ts'

// What large releases put is built in this thread, over a connection to the ledger of its own. It writes nothing.
const ledger = await openLedger(workerData as string)
const build = createBuildOutputs(ledger.db)

parentPort?.on('message', (order: Order) => void answer(order))

async function answer({id, addresses, ...at}: Order): Promise<void> {
  try {
    const outputs = await build(at, addresses)
    const bodies = outputs.flatMap((output) => (output && 'body' in output ? [output.body.buffer as ArrayBuffer] : []))
    tell({id, outputs}, bodies)
  } catch (error) {
    if (!(error instanceof BroadsideError)) throw error
    const {kind, code, message, hint, details} = error
    tell({id, failed: {kind, code, message, hint, details}}, [])
  }
}

function tell(answer: Answer, moved: ArrayBuffer[]): void {
  parentPort?.postMessage(answer, moved)
}
