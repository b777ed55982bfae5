export type {CallOptions, Cdn} from './cdn.ts'
export {openCdn} from './open-cdn.ts'
export {purge, type Purged} from './purge.ts'
