export {notifierConfig} from './config.ts'
export {forgeOf, notifierSiteConfig} from './site-config.ts'
export {createNotifier} from './create-notifier.ts'
export type {NotifierDeps, NotifierOptions} from './notifier.ts'
