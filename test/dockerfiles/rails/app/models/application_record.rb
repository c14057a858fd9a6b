class ApplicationRecord; end
