/** What Berth names itself, the images of apps, begins so; other names were given by people. */
export const ownNames = 'berth/'
