export {createQueue} from './create-queue.ts'
export type {AddOptions, Queue, QueueOptions, WorkOptions} from './queue.ts'
