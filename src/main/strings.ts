/**
 * Everything the main process says to the user itself: in the tray, in menus and in dialogs. What its windows say is
 * in `src/renderer/i18n`.
 */
export const STRINGS = {
  productName: 'Surtitle',
  overlayTitle: 'Surtitle captions',
  tray: {
    start: 'Start captions',
    stop: 'Stop captions',
    stopping: 'Stopping captions…',
    starting: 'Starting captions…',
    pause: 'Pause captions',
    resume: 'Resume captions',
    showOverlay: 'Show captions on screen',
    hideOverlay: 'Hide captions on screen',
    lock: 'Lock captions in place',
    unlock: 'Unlock captions to move them',
    open: 'Open Surtitle',
    quit: 'Quit Surtitle',
    tooltip: {
      idle: 'Surtitle: captions are off',
      starting: 'Surtitle: captions are starting',
      listening: 'Surtitle: captions are on',
      paused: 'Surtitle: captions are paused',
      stopping: 'Surtitle: captions are ending',
      problem: 'Surtitle: captions have a problem',
    },
  },
  clickThrough: {
    wayland:
      'Wayland lets no click through a window, so the captions cover what is beneath them. Log in to an X11 session, or start Surtitle with --ozone-platform=x11.',
    observed:
      'A click meant for what is beneath the captions reached them instead: this system lets none through. Move the captions to where nothing needs clicking, or hide them with their shortcut.',
  },
  shortcuts: {
    taken: 'Another program or the system has this key combination. Choose another one.',
    duplicate: 'This key combination is used twice in Surtitle. Choose another one.',
    malformed: 'This is no key combination that the system knows. Choose another one.',
    wayland:
      'On Wayland, programs get no keys while another window is in front. In your system’s keyboard settings, add a shortcut that runs: ',
  },
  crash: {
    title: 'A window of Surtitle keeps failing',
    detail:
      'It failed several times within a minute. Captions that run go on in the background. Try again; if it fails again, quit and start Surtitle anew. The log says more.',
    again: 'Try again',
    quit: 'Quit Surtitle',
    openLog: 'Show the log',
  },
  startFailed: { title: 'Surtitle could not start' },
  dialogs: {
    recordings: 'Recordings',
    models: 'Whisper models',
    allFiles: 'All files',
  },
  menu: { edit: 'Edit', view: 'View', window: 'Window' },
} as const;
