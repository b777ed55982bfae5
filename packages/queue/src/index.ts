export {createQueue} from './create-queue.ts'
export {inspectRedis, type RedisReport} from './inspect-redis.ts'
export type {AddOptions, Queue, QueueOptions, WorkOptions} from './queue.ts'
