import 'phoenix_html'
