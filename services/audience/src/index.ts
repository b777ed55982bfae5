export {audienceConfig} from './config.ts'
export {createSpool} from './create-spool.ts'
export {createAudience} from './create-audience.ts'
export type {AudienceDeps, AudienceOptions} from './audience.ts'
