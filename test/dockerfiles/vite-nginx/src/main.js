import './style.css'

document.querySelector('#app').textContent = `release ${import.meta.env.VITE_RELEASE}`
