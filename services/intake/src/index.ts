export {intakeConfig} from './config.ts'
export {createIntake, type IntakeOptions} from './create-intake.ts'
export type {IntakeDeps} from './intake.ts'
export {authorDomains} from './site-config.ts'
