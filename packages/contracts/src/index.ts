export {
  createEvent,
  events,
  maxEventBytes,
  parseEvent,
  siteOfSubject,
  subjectOf,
  type Envelope,
  type EventData,
  type EventType,
} from './events.ts'
export {consumerOf, consumers, type ConsumerName} from './consumers.ts'
export {jobIdOf, jobs, type JobData, type JobName, type QueueName} from './jobs.ts'
