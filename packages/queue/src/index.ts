export type {AddOptions, Queue, QueueOptions, WorkOptions} from './queue.ts'
