export {createSubmitter} from './create-submitter.ts'
export type {Outcome, OutcomeScope, Submission, Submitter, SubmitterOptions, SubmitterTimeouts} from './outcome.ts'
export type * from './captured-message.ts'
