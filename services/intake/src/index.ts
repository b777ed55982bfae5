export {intakeConfig} from './config.ts'
export {createIntake, type IntakeOptions} from './create-intake.ts'
export type {IntakeDeps} from './intake.ts'
export {authorDomains, intakeSiteConfig, webhookSecrets} from './site-config.ts'
