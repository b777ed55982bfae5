export type {Bus, BusOptions, ConsumeOptions, HandleEvents, ReceivedEvent} from './bus.ts'
export {createBus} from './create-bus.ts'
