export {notifierConfig} from './config.ts'
export {createNotifier} from './create-notifier.ts'
export type {NotifierDeps, NotifierOptions} from './notifier.ts'
