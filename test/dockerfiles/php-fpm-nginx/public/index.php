<?php echo 'site ', PHP_MAJOR_VERSION, "\n";
